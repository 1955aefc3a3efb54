/** What is read where no page of the portal can be shown. */

export const STOPPED = "This page stopped working";
export const STOPPED_TEXT = "Something went wrong in the page itself. What was saved is kept.";
export const LOAD_AGAIN = "Load again";
export const NEEDS_JAVASCRIPT =
  "The portal needs JavaScript. Switch it on in your browser's settings, then load this page again.";
