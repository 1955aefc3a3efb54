/** When a page with unsaved changes may be left without asking. */

/** The changes of a form whose text only the browser holds. */
export class FormChanges {
  #filled = ""; // what the form held when it was filled
  #isSubmitted = false;
  isDirty = false;

  /** @param {string} content */
  fill(content) {
    this.#filled = content;
    this.#isSubmitted = false;
    this.isDirty = false;
  }

  /** @param {string} content */
  change(content) {
    this.#isSubmitted = false;
    this.isDirty = content !== this.#filled;
  }

  submit() {
    this.#isSubmitted = true;
  }

  refuse() {
    this.#isSubmitted = false;
  }

  /**
   * Whether the page may be left: where nothing was changed, and where the answer to the submitted
   * form leads to another page. A person who leaves is still asked: that the form was refused
   * cannot be told from an answer yet to come.
   *
   * @param {boolean} isByPerson
   */
  mayLeave(isByPerson) {
    return !this.isDirty || (this.#isSubmitted && !isByPerson);
  }
}

/**
 * Leaving a page whose changes are saved as they are typed: once all of them are stored.
 *
 * @typedef {"wait" | "ask" | "leave"} Step
 */
export class LeaveOnceSaved {
  #isLeft = false;

  /**
   * What to do after a change.
   *
   * @param {{needsAttention: boolean, isUnsaved: boolean}} changes
   * @returns {Step}
   */
  check({ needsAttention, isUnsaved }) {
    if (this.#isLeft) return "wait";
    if (isUnsaved) return needsAttention ? "ask" : "wait";
    this.#isLeft = true;
    return "leave";
  }

  /** The person leaves without saving. */
  leave() {
    this.#isLeft = true;
  }
}
