const SHAPES = {
  check: "M20 6 9 17l-5-5",
  x: "M18 6 6 18M6 6l12 12",
  "chevron-right": "m9 18 6-6-6-6",
  "chevron-left": "m15 18-6-6 6-6",
};

/** A decorative icon. */
export const Mark = ({ of, className = "" }) => (
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    className={`lucide-${of} size-3.5 shrink-0 ${className}`}
  >
    <path d={SHAPES[of]} />
  </svg>
);
