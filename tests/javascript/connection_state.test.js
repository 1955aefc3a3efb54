import { beforeEach, describe, expect, test } from "bun:test";
import {
  ANSWER_MS,
  BACK_MS,
  ConnectionState,
  TICK_MS,
} from "../../enrollment_portal/components/shell/connection_state.js";
import { Clock } from "./doubles.js";

const WELL = { hasErrors: false, isHydrated: true, answered: 0 };
let clock;
let browser;
let connection;
let asked; // the tickets

const answer = () => connection.update({ ...WELL, answered: asked.at(-1) });

function sleep() {
  clock.pass(60_000);
  connection.tick();
}

beforeEach(() => {
  clock = new Clock();
  asked = [];
  browser = {
    online: true,
    visible: true,
    nReopened: 0,
    now: clock.now,
    after: clock.after,
    isOnline: () => browser.online,
    isVisible: () => browser.visible,
    ask: (ticket) => asked.push(ticket),
    reopenSocket: () => {
      browser.nReopened += 1;
    },
  };
  connection = new ConnectionState(browser);
  connection.start();
  connection.update(WELL);
});

test("nothing is shown or sent while connected", () => {
  for (let n = 0; n < 10; n += 1) {
    clock.pass(TICK_MS);
    connection.tick();
  }
  expect(connection.phase).toBe("");
  expect(asked).toEqual([]);
});

test("a page that is being loaded shows no loss of the connection", () => {
  connection.update({ ...WELL, isHydrated: false });
  expect(connection.phase).toBe("");
});

describe("a lost socket", () => {
  beforeEach(() => connection.update({ ...WELL, hasErrors: true }));

  test("is shown at once", () => {
    expect(connection.phase).toBe("lost");
    expect(asked).toEqual([]);
  });

  test("is connected again once the server has answered and the page was reloaded", () => {
    connection.update({ ...WELL, isHydrated: false });
    expect(connection.phase).toBe("lost");
    expect(asked.length).toBe(1);
    connection.update({ ...WELL, isHydrated: false, answered: asked[0] });
    expect(connection.phase).toBe("lost");
    connection.update({ ...WELL, answered: asked[0] });
    expect(connection.phase).toBe("back");
    clock.pass(BACK_MS);
    expect(connection.phase).toBe("");
  });

  test("is not connected again with an answer to an earlier ping", () => {
    connection.update(WELL);
    connection.update({ ...WELL, answered: 12 });
    expect(connection.phase).toBe("lost");
  });

  test("that is lost again is checked again", () => {
    connection.update(WELL);
    answer();
    expect(connection.phase).toBe("back");
    connection.update({ ...WELL, hasErrors: true });
    expect(connection.phase).toBe("lost");
    clock.pass(BACK_MS);
    expect(connection.phase).toBe("lost");
    connection.update(WELL);
    expect(asked.length).toBe(2);
  });

  test("is still lost on another page", () => {
    connection.stop();
    connection.start();
    expect(connection.phase).toBe("lost");
    connection.update(WELL);
    answer();
    expect(connection.phase).toBe("back");
  });
});

test("a browser that is offline has lost the connection", () => {
  browser.online = false;
  connection.noteNetwork();
  expect(connection.phase).toBe("lost");
  browser.online = true;
  connection.noteNetwork();
  answer();
  expect(connection.phase).toBe("back");
});

describe("after a sleep", () => {
  test("the server has to answer", () => {
    sleep();
    expect(asked.length).toBe(1);
    answer();
    clock.pass(10 * ANSWER_MS);
    expect(connection.phase).toBe("");
    expect(asked.length).toBe(1);
  });

  test("a hidden page sends nothing", () => {
    browser.visible = false;
    sleep();
    expect(asked).toEqual([]);
  });

  test("a server that does not answer is lost, and the socket is opened again once", () => {
    sleep();
    clock.pass(ANSWER_MS - 1);
    expect(connection.phase).toBe("");
    clock.pass(1);
    expect(connection.phase).toBe("lost");
    clock.pass(3 * ANSWER_MS);
    expect(browser.nReopened).toBe(1);
    expect(asked.length).toBe(5);
    answer();
    expect(connection.phase).toBe("lost"); // it is asked whether it is back
    answer();
    expect(connection.phase).toBe("back");
  });

  test("a socket with errors needs no answer", () => {
    sleep();
    connection.update({ ...WELL, hasErrors: true });
    clock.pass(ANSWER_MS);
    expect(browser.nReopened).toBe(0);
    connection.update(WELL);
    answer();
    expect(connection.phase).toBe("back");
  });

  test("a page that was left sends nothing more", () => {
    sleep();
    connection.stop();
    clock.pass(10 * ANSWER_MS);
    expect(asked.length).toBe(1);
    expect(connection.phase).toBe("");
  });
});

test("listeners are called with each change of the phase", () => {
  const phases = [];
  const end = connection.subscribe(() => phases.push(connection.phase));
  connection.update({ ...WELL, hasErrors: true });
  connection.update({ ...WELL, hasErrors: true });
  connection.update(WELL);
  answer();
  end();
  clock.pass(BACK_MS);
  expect(phases).toEqual(["lost", "back"]);
});
