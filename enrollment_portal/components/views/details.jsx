import { useLayoutEffect, useState } from "react";

/** A group that can be closed; this browser remembers whether it is, by its `name`. */
export function RememberedDetails({ name, className, children }) {
  const [isOpen, setOpen] = useState(true);
  const key = `closed:${name}`;

  // Before it is drawn, so that nothing moves.
  useLayoutEffect(() => setOpen(localStorage.getItem(key) === null), [key]);

  const remember = ({ currentTarget }) => {
    setOpen(currentTarget.open);
    if (currentTarget.open) localStorage.removeItem(key);
    else localStorage.setItem(key, "");
  };
  return (
    <details open={isOpen} onToggle={remember} className={className}>
      {children}
    </details>
  );
}
