import { expect, test } from "bun:test";
import {
  arranged,
  besides,
  flexibleColumn,
  layoutOf,
  listOrder,
  moved,
  neededWidth,
  STANDARD_LAYOUT,
  textOf,
  visibleColumns,
  withColumn,
  withWidth,
} from "../../enrollment_portal/components/ledger/columns/layout.js";

const ALL = "learner course status progress enrolled deadline visited grade run".split(" ");

test("a layout is read back from its text, which is the server's", () => {
  for (const text of [
    "",
    ";compact",
    "learner,grade",
    "learner:320,course,grade:96,visited;spacious",
    "learner,course,status,progress,enrolled,deadline:200",
  ])
    expect(textOf(layoutOf(text))).toBe(text);
  expect(layoutOf("")).toEqual(STANDARD_LAYOUT);
});

test("nonsense is left out", () => {
  expect(textOf(layoutOf("password,notes"))).toBe("");
  expect(textOf(layoutOf("grade,grade:100,learner:9;huge"))).toBe("learner:64,grade");
  expect(layoutOf(7)).toEqual(STANDARD_LAYOUT);
});

test("a column is shown at its place in the list, and hidden with its width", () => {
  const shown = withColumn(layoutOf(""), "grade", true, moved(ALL, "grade", 1));
  expect(textOf(shown)).toBe("learner,grade,course,status,progress,enrolled,deadline");
  const hidden = withColumn(withWidth(shown, "grade", 100), "grade", false, ALL);
  expect(textOf(hidden)).toBe("");
});

test("columns that the open page cannot show keep their place at the end", () => {
  const layout = layoutOf("learner,visited:90,course,grade");
  expect(textOf(arranged(layout, ["learner", "grade", "course"]))).toBe(
    "learner,grade,course,visited:90",
  );
  expect(textOf(withColumn(layout, "course", false, ["learner", "course"]))).toBe(
    "learner,visited:90,grade",
  );
  expect(textOf(arranged(layout, ["course", "grade"]))).toBe("learner,course,grade,visited:90");
});

test("a heading is dropped before or after another one, never before the learner", () => {
  const layout = layoutOf("learner,course,status,grade");
  const order = (key, other, isAfter) => besides(layout, key, other, isAfter).columns.join(" ");
  expect(order("grade", "course", false)).toBe("learner grade course status");
  expect(order("course", "grade", true)).toBe("learner status grade course");
  expect(order("grade", "learner", false)).toBe("learner grade course status");
  expect(order("learner", "grade", true)).toBe("learner course status grade");
  expect(order("run", "grade", true)).toBe("learner course status grade");
});

test("only offered columns are visible, after the one that names the rows", () => {
  const layout = layoutOf("learner,status,course,manager");
  expect(visibleColumns(layout, null, "learner")).toEqual(layout.columns);
  expect(visibleColumns(layout, ALL, "learner")).toEqual(["learner", "status", "course"]);
  expect(visibleColumns(layout, ALL, "course")).toEqual(["course", "status"]);
});

test("the list has the visible columns first", () => {
  expect(listOrder(layoutOf("learner,run,manager"), ["learner", "course", "run"])).toEqual([
    "learner",
    "run",
    "course",
  ]);
});

test("widths are bounded, and reset", () => {
  const layout = layoutOf("");
  expect(withWidth(layout, "grade", 5).widths).toEqual({ grade: 64 });
  expect(withWidth(layout, "grade", 9999.4).widths).toEqual({ grade: 640 });
  expect(withWidth(withWidth(layout, "grade", 99), "grade", null).widths).toEqual({});
});

test("a table needs what its columns need, and one takes the rest", () => {
  const layout = layoutOf("learner:160,run,course");
  expect(neededWidth(layout, ["learner", "run"])).toBe(15);
  expect(flexibleColumn(layout, layout.columns)).toBe("course");
  expect(flexibleColumn(layoutOf("learner:160,run"), ["learner", "run"])).toBe("run");
  expect(flexibleColumn(layoutOf("learner:160,run:64"), ["learner", "run"])).toBeUndefined();
});
