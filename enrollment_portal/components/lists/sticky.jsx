import { useEffect, useRef } from "react";

const HEIGHT = "--sticky-top";

/**
 * Content that stays at the top while a list is scrolled; the stylesheet says on which screens.
 *
 * Its height is a property of the page: the table's headings stay below it, and whatever takes the
 * focus is scrolled out from under both.
 */
export function StickyTop({ className, children }) {
  const box = useRef(null);

  useEffect(() => {
    const { style } = document.documentElement;
    const measure = () => style.setProperty(HEIGHT, `${box.current?.offsetHeight ?? 0}px`);
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      style.removeProperty(HEIGHT);
    };
  }, []);

  return (
    <div ref={box} className={`sticky-top ${className}`}>
      {children}
    </div>
  );
}
