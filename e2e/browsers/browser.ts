// What a law may do with any browser: people with cookies of their own, their tabs, and code that runs in a tab.

/** One engine, running. */
export type Browser = {
  /** A person at the browser: cookies, storage and tabs that nobody else sees. One at a time. */
  readonly openPerson: () => Promise<Person>
  readonly close: () => Promise<void>
}

export type Person = {
  /** Opens another tab and waits until its page has loaded. */
  readonly openTab: (url: string) => Promise<Tab>
  /** Pulls the network cable, or puts it back; null where the engine's driver cannot. */
  readonly setOffline: ((offline: boolean) => Promise<void>) | null
  readonly close: () => Promise<void>
}

export type Tab = {
  /** Runs the function in the page, where it sees nothing of the test but the argument; both ways as JSON. */
  readonly run: <Result, Argument = undefined>(
    call: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ) => Promise<Result>
  readonly goto: (url: string) => Promise<void>
  readonly reload: () => Promise<void>
  /** Begins to go back; resolves before the page is there. */
  readonly back: () => Promise<void>
  readonly close: () => Promise<void>
}

/** An engine that a law can start. */
export type Engine = {
  readonly name: string
  /** Whether its driver can pull the network cable. */
  readonly canGoOffline: boolean
  readonly launch: () => Promise<Browser>
}
