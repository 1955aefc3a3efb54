SELECT c.id
FROM course c
WHERE c.kind <> 'path'
  AND instr(c.search, :term0) > 0;

SELECT sum(l.n_active), sum(l.n_completed), sum(l.n_cancelled)
FROM (
  SELECT r.id
  FROM account a
    CROSS JOIN learner r
  WHERE a.id = :account
    AND r.manager_id = a.learner_id
  UNION
  SELECT m.learner_id
  FROM group_lead g
    CROSS JOIN group_member m
  WHERE g.account_id = :account
    AND m.group_id = g.group_id
) d
  CROSS JOIN learner l
WHERE l.id = d.id
  AND instr(l.search, :term0) > 0;

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
    SELECT r.id
    FROM account a
      CROSS JOIN learner r
    WHERE a.id = :account
      AND r.manager_id = a.learner_id
    UNION
    SELECT m.learner_id
    FROM group_lead g
      CROSS JOIN group_member m
    WHERE g.account_id = :account
      AND m.group_id = g.group_id
  ) d
    CROSS JOIN enrollment e INDEXED BY ix_enrollment_learner
    CROSS JOIN (
      SELECT value AS id, key AS place
      FROM json_each(:ranked)
      LIMIT -1
    ) r
  WHERE e.learner_id = d.id
    AND e.status IN (0, 1, 2)
    AND (e.course_id IN (SELECT id FROM course WHERE kind = 'path')) IS NOT TRUE
    AND (
      SELECT instr(x.search, :term0) > 0
      FROM learner x
      WHERE x.id = e.learner_id
    )
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
