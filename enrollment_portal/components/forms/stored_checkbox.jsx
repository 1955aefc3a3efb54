import { useEffect, useState } from "react";

/**
 * A checkbox that takes effect at once, without a form.
 *
 * It shows what was pressed before the server has answered; with each answer, of which `answers`
 * is the number, it shows what is stored.
 */
export function StoredCheckbox({ isOn, answers, role, disabled, onSwitch, className }) {
  const [shown, setShown] = useState(isOn);

  useEffect(() => setShown(isOn), [isOn, answers]);

  const press = ({ target }) => {
    setShown(target.checked);
    onSwitch(target.checked);
  };
  return (
    <input
      type="checkbox"
      role={role}
      checked={shown}
      disabled={disabled}
      onChange={press}
      className={className}
    />
  );
}
