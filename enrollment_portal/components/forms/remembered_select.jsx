import { useEffect, useState } from "react";

const YEAR_SECONDS = 31_536_000;

function remembered(cookie) {
  const parts = document.cookie.split("; ").map((part) => part.split("="));
  return parts.find(([name]) => name === cookie)?.[1];
}

/** A select whose choice a cookie of this browser remembers; the first of `choices` without one. */
export function RememberedSelect({ cookie, label, choices, className }) {
  const [chosen, setChosen] = useState(choices[0][0]);

  useEffect(() => {
    const before = remembered(cookie);
    if (choices.some(([value]) => value === before)) setChosen(before);
  }, [cookie]);

  const choose = ({ target }) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${cookie}=${target.value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax${secure}`;
    setChosen(target.value);
  };
  return (
    <select aria-label={label} title={label} value={chosen} onChange={choose} className={className}>
      {choices.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
