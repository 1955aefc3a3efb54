/** What the dialog reads that asks before a page with unsaved changes is left. */

export const LEAVE = "Leave without saving";
export const STAY = "Keep editing";
