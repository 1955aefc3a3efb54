import { useEffect, useState } from "react";

const OFF = "single-keys-off";

/** Whether keys without Ctrl do something by themselves; each browser may switch them off. */
export const areSingleKeysOn = () => localStorage.getItem(OFF) === null;

function switchSingleKeys(isOn) {
  if (isOn) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

/** The checkbox that switches them. */
export function SingleKeys({ label, className }) {
  const [isOn, setOn] = useState(true);

  // What the browser stores is not known where the page is built.
  useEffect(() => setOn(areSingleKeysOn()), []);

  return (
    <label className={className}>
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ target }) => {
          switchSingleKeys(target.checked);
          setOn(target.checked);
        }}
      />
      <span>{label}</span>
    </label>
  );
}
