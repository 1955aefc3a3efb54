SELECT c.id
FROM course c
WHERE c.kind <> 'path'
  AND instr(c.search, :term0) > 0;

SELECT 1
FROM learner l
WHERE NOT (instr(l.search, :term0) > 0)
LIMIT 1;

SELECT sum(l.n_active), sum(l.n_completed), sum(l.n_cancelled), count(*) > (
  SELECT COALESCE(max(id), 0) / :share
  FROM learner
)
FROM (
  SELECT rowid AS id
  FROM learner_search
  WHERE learner_search MATCH :match
  LIMIT (
    SELECT COALESCE(max(id), 0) / :share
    FROM learner
  ) + 1
) d
  CROSS JOIN learner l
WHERE l.id = d.id;

SELECT sum(l.n_active), sum(l.n_completed), sum(l.n_cancelled), 0
FROM learner l
WHERE instr(l.search, :term0) > 0;

SELECT max(id)
FROM enrollment;

SELECT id
FROM enrollment
WHERE enrolled_at > :moment
ORDER BY enrolled_at, id
LIMIT 1;

SELECT group_concat(l.id)
FROM learner l
WHERE instr(l.search, :term0) > 0;

SELECT count(*) FILTER (WHERE e.status = 0), count(*) FILTER (WHERE e.status = 1), count(*)
    FILTER (WHERE e.status = 2)
FROM enrollment_span e INDEXED BY ix_span_until
WHERE e.until_at > :moment
  AND e.until_at < 140737488355327
  AND e.from_at <= :moment
  AND e.is_path = 0
  AND substr(:learners, e.learner_id, 1) = x'01';

SELECT count(*) FILTER (WHERE e.status = 0), count(*) FILTER (WHERE e.status = 1), count(*)
    FILTER (WHERE e.status = 2)
FROM enrollment_span e INDEXED BY ix_span_until
WHERE e.until_at = 140737488355327
  AND e.from_at > :moment
  AND e.is_path = 0
  AND substr(:learners, e.learner_id, 1) = x'01';

SELECT e.enrollment_id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status,
    e.progress, e.enrolled_at, e.deadline_day, 2147483647, NULL, CASE WHEN e.status = 1
  AND e.progress < 100 THEN (
    SELECT CASE WHEN v.source = 'person' THEN v.seq END
    FROM enrollment_event v
    WHERE v.enrollment_id = e.enrollment_id
      AND v.at <= :moment
      AND instr(v.changes, '"status":') > 0
    ORDER BY v.seq DESC
    LIMIT 1
  ) END, l.sort_name
FROM (
  SELECT e.enrolled_at AS k0, e.enrollment_id AS k1
  FROM enrollment_span e
  WHERE e.from_at <= :moment
    AND +e.until_at > :moment
    AND e.enrolled_at <= :moment
    AND e.is_path = 0
    AND substr(:learners, e.learner_id, 1) = x'01'
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
  AND e.from_at <= :moment
  AND +e.until_at > :moment
  AND l.id = e.learner_id
  AND c.id = e.course_id
ORDER BY k.k0 DESC, k.k1 DESC;
