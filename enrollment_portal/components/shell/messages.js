/** What a page reads that was opened at an address that the server does not answer. */

export const HEADING = "Open the portal at its own address";
/** @param {string} address */
export const isElsewhere = (address) =>
  `The portal is at ${address}. Under the address that is open now it cannot load anything.`;
/** @param {string} address */
export const open = (address) => `Open ${address}`;
