const OFF = "single-keys-off";

/** Whether keys without Ctrl do something by themselves; each browser may switch them off. */
export const areSingleKeysOn = () => localStorage.getItem(OFF) === null;

export function switchSingleKeys(isOn) {
  if (isOn) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}
