SELECT c.id
FROM course c
WHERE c.kind <> 'path'
  AND strpos(c.search, %(term0)s) > 0;

SELECT set_config('plan_cache_mode', 'force_custom_plan', true);

SELECT 1
FROM (
  SELECT id
  FROM learner l
  WHERE l.search LIKE %(like0)s
    AND strpos(l.search, %(term0)s) > 0
) d
LIMIT 1;

SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
    set_config('random_page_cost', '1.1', true);

SELECT max(id)
FROM enrollment;

SELECT (
  SELECT sum(n)
  FROM tally_course
  WHERE course_id IN (
    SELECT unnest(CAST(%(titles)s AS bigint[])) AS id
  )
    AND status IN (0, 1, 2)
);

SELECT sum(n) FILTER (WHERE status = 0) AS n0, sum(n) FILTER (WHERE status = 1) AS n1, sum(n)
    FILTER (WHERE status = 2) AS n2
FROM tally_course y
WHERE y.course_id NOT IN (
  SELECT id
  FROM course
  WHERE kind = 'path'
)
  AND y.course_id IN (
    SELECT unnest(CAST(%(titles)s AS bigint[])) AS id
  );

SELECT e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,
    e.enrolled_at, e.deadline_day, e.version, (
  SELECT x.wanted_day
  FROM extension_request x
  WHERE x.enrollment_id = e.id
    AND x.state = 'open'
), e.override_seq, l.sort_name
FROM (
  SELECT *
  FROM (
    SELECT e.enrolled_at AS k0, e.id AS k1
    FROM (
      SELECT unnest(CAST(%(titles)s AS bigint[])) AS id
    ) d
      CROSS JOIN LATERAL (
        SELECT e.*
        FROM enrollment e
        WHERE e.course_id = d.id
          AND e.status IN (0, 1, 2)
        OFFSET 0
      ) e
    WHERE true
      AND (e.course_id IN (SELECT id FROM course WHERE kind = 'path')) IS NOT TRUE
    OFFSET 0
  ) g
  ORDER BY k0 DESC, k1 DESC
  LIMIT 51
) k
  CROSS JOIN enrollment e
  CROSS JOIN learner l
  CROSS JOIN course c
WHERE e.id = k.k1
  AND l.id = e.learner_id
  AND c.id = e.course_id
ORDER BY k.k0 DESC, k.k1 DESC;
