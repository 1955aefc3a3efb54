/** A notice that only a browser without scripts shows. */
export function NeedsJavaScript({ className }) {
  return (
    <noscript>
      <p className={`${className} rounded-lg bg-warn-soft px-3 py-2 text-small text-warn`}>
        The portal needs JavaScript. Switch it on in your browser's settings, then load this page
        again.
      </p>
    </noscript>
  );
}

/** The HTML for an address without a prerendered page. */
export function HydrateFallback() {
  return <NeedsJavaScript className="m-4" />;
}
