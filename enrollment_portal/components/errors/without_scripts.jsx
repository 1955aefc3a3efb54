import { NEEDS_JAVASCRIPT } from "./messages.js";

/** A notice that only a browser without scripts shows. */
export function NeedsJavaScript({ className }) {
  return (
    <noscript>
      <p className={`${className} rounded-lg bg-warn-soft px-3 py-2 text-small text-warn`}>
        {NEEDS_JAVASCRIPT}
      </p>
    </noscript>
  );
}

/** The HTML for an address without a prerendered page. */
export function HydrateFallback() {
  return <NeedsJavaScript className="m-4" />;
}
