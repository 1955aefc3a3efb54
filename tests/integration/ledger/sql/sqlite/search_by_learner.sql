SELECT c.id
FROM course c
WHERE c.kind <> 'path'
  AND instr(c.search, :term0) > 0;

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

SELECT max(id)
FROM enrollment;

SELECT e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,
    e.enrolled_at, e.deadline_day, e.version, (
  SELECT x.wanted_day
  FROM extension_request x
  WHERE x.enrollment_id = e.id
    AND x.state = 'open'
), e.override_seq, l.sort_name
FROM (
  SELECT l.sort_name AS k0, l.id AS k1, e.enrolled_at AS k2, e.id AS k3
  FROM learner l
    CROSS JOIN enrollment e INDEXED BY ix_enrollment_learner
  WHERE e.learner_id = l.id
    AND e.status IN (0, 1, 2)
    AND (e.course_id IN (SELECT id FROM course WHERE kind = 'path')) IS NOT TRUE
    AND instr(l.search, :term0) > 0
  ORDER BY k0 DESC, k1 DESC, k2 DESC, k3 DESC
  LIMIT 51
) k
  CROSS JOIN enrollment e
  CROSS JOIN learner l
  CROSS JOIN course c
WHERE e.id = k.k3
  AND l.id = e.learner_id
  AND c.id = e.course_id
ORDER BY k.k0 DESC, k.k1 DESC, k.k2 DESC, k.k3 DESC;
