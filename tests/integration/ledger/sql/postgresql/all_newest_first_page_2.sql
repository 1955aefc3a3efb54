SELECT a.n0 - COALESCE(p.n0, 0), a.n1 - COALESCE(p.n1, 0), a.n2 - COALESCE(p.n2, 0)
FROM (
  SELECT sum(n) FILTER (WHERE status = 0) AS n0, sum(n) FILTER (WHERE status = 1) AS n1, sum(n)
      FILTER (WHERE status = 2) AS n2
  FROM tally_course
) a
  CROSS JOIN (
    SELECT sum(n) FILTER (WHERE status = 0) AS n0, sum(n) FILTER (WHERE status = 1) AS n1,
        sum(n) FILTER (WHERE status = 2) AS n2
    FROM tally_course
    WHERE course_id IN (
      SELECT id
      FROM course
      WHERE kind = 'path'
    )
  ) p;

SELECT e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,
    e.enrolled_at, e.deadline_day, e.version, (
  SELECT x.wanted_day
  FROM extension_request x
  WHERE x.enrollment_id = e.id
    AND x.state = 'open'
), e.override_seq, l.sort_name
FROM (
  SELECT e.enrolled_at AS k0, e.id AS k1
  FROM enrollment e
  WHERE (e.enrolled_at, e.id) < (%(v0)s, %(v1)s)
    AND (e.course_id IN (SELECT id FROM course WHERE kind = 'path')) IS NOT TRUE
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

SELECT e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,
    e.enrolled_at, e.deadline_day, e.version, (
  SELECT x.wanted_day
  FROM extension_request x
  WHERE x.enrollment_id = e.id
    AND x.state = 'open'
), e.override_seq, l.sort_name
FROM (
  SELECT e.enrolled_at AS k0, e.id AS k1
  FROM enrollment e
  WHERE (e.enrolled_at, e.id) > (%(v0)s, %(v1)s)
    AND (e.course_id IN (SELECT id FROM course WHERE kind = 'path')) IS NOT TRUE
  ORDER BY k0, k1
  LIMIT 1
) k
  CROSS JOIN enrollment e
  CROSS JOIN learner l
  CROSS JOIN course c
WHERE e.id = k.k1
  AND l.id = e.learner_id
  AND c.id = e.course_id
ORDER BY k.k0, k.k1;
