SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
    set_config('random_page_cost', '1.1', true);

SELECT c.id
FROM course c
WHERE c.kind <> 'path'
  AND strpos(c.search, %(term0)s) > 0;

SELECT 1
FROM learner l
WHERE NOT (strpos(l.search, %(term0)s) > 0)
LIMIT 1;

SELECT set_config('plan_cache_mode', 'force_custom_plan', true);

SELECT sum(l.n_active), sum(l.n_completed), sum(l.n_cancelled), false
FROM learner l
WHERE l.search LIKE %(like0)s
  AND strpos(l.search, %(term0)s) > 0;

SELECT max(id)
FROM enrollment;

SELECT id
FROM enrollment
WHERE enrolled_at > %(moment)s
ORDER BY enrolled_at, id
LIMIT 1;

SELECT string_agg(CAST(l.id AS text), ',')
FROM learner l
WHERE strpos(l.search, %(term0)s) > 0;

SELECT count(*) FILTER (WHERE e.status = 0), count(*) FILTER (WHERE e.status = 1), count(*)
    FILTER (WHERE e.status = 2)
FROM enrollment_span e
WHERE e.until_at > %(moment)s
  AND e.until_at < 140737488355327
  AND e.from_at <= %(moment)s
  AND e.is_path = 0
  AND substr(CAST(%(learners)s AS bytea), CAST(e.learner_id AS integer), 1) = CAST('\x01' AS
      bytea);

SELECT count(*) FILTER (WHERE e.status = 0), count(*) FILTER (WHERE e.status = 1), count(*)
    FILTER (WHERE e.status = 2)
FROM enrollment_span e
WHERE e.until_at = 140737488355327
  AND e.from_at > %(moment)s
  AND e.is_path = 0
  AND substr(CAST(%(learners)s AS bytea), CAST(e.learner_id AS integer), 1) = CAST('\x01' AS
      bytea);

SELECT e.enrollment_id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status,
    e.progress, e.enrolled_at, e.deadline_day, 2147483647, NULL, CASE WHEN e.status = 1
  AND e.progress < 100 THEN (
    SELECT CASE WHEN v.source = 'person' THEN v.seq END
    FROM enrollment_event v
    WHERE v.enrollment_id = e.enrollment_id
      AND v.at <= %(moment)s
      AND strpos(v.changes, '"status":') > 0
    ORDER BY v.seq DESC
    LIMIT 1
  ) END, l.sort_name
FROM (
  SELECT e.enrolled_at AS k0, e.enrollment_id AS k1
  FROM enrollment_span e
  WHERE e.from_at <= %(moment)s
    AND +e.until_at > %(moment)s
    AND e.enrolled_at <= %(moment)s
    AND e.is_path = 0
    AND substr(CAST(%(learners)s AS bytea), CAST(e.learner_id AS integer), 1) = CAST('\x01' AS
        bytea)
  ORDER BY k0 DESC, k1 DESC
  LIMIT 51
) k
  CROSS JOIN enrollment n
  CROSS JOIN enrollment_span e
  CROSS JOIN learner l
  CROSS JOIN course c
WHERE n.id = k.k1
  AND e.enrolled_at = n.enrolled_at
  AND e.enrollment_id = n.id
  AND e.from_at <= %(moment)s
  AND +e.until_at > %(moment)s
  AND l.id = e.learner_id
  AND c.id = e.course_id
ORDER BY k.k0 DESC, k.k1 DESC;
