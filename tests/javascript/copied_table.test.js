import { expect, test } from "bun:test";
import { asHtml, asText } from "../../enrollment_portal/components/bulk/copied_table.js";

const table = {
  headings: ["Learner", "Course"],
  rows: [
    ["Ana Díaz", 'Fire & "Safety" <1>'],
    ["Bo\tLi\r\n", ""],
  ],
};

test("as text it has a line for each row, with tabs between the cells", () => {
  expect(asText(table)).toBe('Learner\tCourse\nAna Díaz\tFire & "Safety" <1>\nBo Li \t');
});

test("as HTML it has headings, and texts are not markup", () => {
  expect(asHtml(table)).toBe(
    "<table><thead><tr><th>Learner</th><th>Course</th></tr></thead><tbody>" +
      "<tr><td>Ana Díaz</td><td>Fire &amp; &quot;Safety&quot; &lt;1&gt;</td></tr>" +
      "<tr><td>Bo\tLi\r\n</td><td></td></tr></tbody></table>",
  );
});
