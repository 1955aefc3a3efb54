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

SELECT c.id, COALESCE(sum(y.n), 0)
FROM course c
  LEFT JOIN tally_course y ON y.course_id = c.id
  AND y.status IN (0, 1, 2)
WHERE c.kind <> 'path'
GROUP BY c.sort_title, c.id
ORDER BY c.sort_title, c.id;

SELECT t.course_id, a.name
FROM (
  SELECT value AS id
  FROM json_each(:ids)
) d
  CROSS JOIN course_teacher t
  CROSS JOIN account a
WHERE t.course_id = d.id
  AND a.id = t.account_id;

SELECT a.id, a.name
FROM account a
WHERE a.id IN (
  SELECT t.account_id
  FROM course_teacher t
  WHERE (
    SELECT 1
    FROM enrollment e INDEXED BY ix_enrollment_instructor
    WHERE e.course_id = t.course_id
      AND e.instructor_id = t.account_id
    LIMIT 1
  ) IS NOT NULL
)
ORDER BY a.id;

SELECT e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,
    e.enrolled_at, e.deadline_day, e.version, (
  SELECT x.wanted_day
  FROM extension_request x
  WHERE x.enrollment_id = e.id
    AND x.state = 'open'
), e.override_seq, l.sort_name, COALESCE(-e.instructor_id, e.course_id)
FROM (
  SELECT r.place AS k0, e.enrolled_at AS k1, e.id AS k2
  FROM (
    SELECT value AS id
    FROM json_each(:ids)
  ) d
    CROSS JOIN enrollment e INDEXED BY ix_enrollment_course
    CROSS JOIN (
      SELECT value AS id, key AS place
      FROM json_each(:ranked)
      LIMIT -1
    ) r
  WHERE e.course_id = d.id
    AND e.status IN (0, 1, 2)
    AND r.id = e.course_id
  ORDER BY k0, k1 DESC, k2 DESC
  LIMIT 51
) k
  CROSS JOIN enrollment e
  CROSS JOIN learner l
  CROSS JOIN course c
WHERE e.id = k.k2
  AND l.id = e.learner_id
  AND c.id = e.course_id
ORDER BY k.k0, k.k1 DESC, k.k2 DESC;
