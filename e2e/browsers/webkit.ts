// WebKitGTK by WebDriver. Its secrets: a display that nobody sees, and one command at a time, in the window that it is for.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Builder, Capabilities, type WebDriver } from 'selenium-webdriver'
import { findWebKit, howToGetBrowsers } from '../../scripts/browsers.mjs'
import type { Engine, Person, Tab } from './browser.js'
import { freePort, isListening } from './port.js'

export const webkit: Engine = {
  name: 'WebKitGTK',
  canGoOffline: false,
  async launch() {
    const places = findWebKit()
    if (places === null) throw new Error(howToGetBrowsers)
    const display = await openDisplay(places.display)
    const port = await freePort()
    const driver = spawn(places.driver, [`--port=${port}`, '--host=127.0.0.1'], {
      env: { ...process.env, DISPLAY: display.name, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
      stdio: 'ignore',
    })
    await isListening(port)
    return {
      openPerson: async () => personOf(await openSession(port, places.browser)),
      async close() {
        await end(driver)
        await end(display.process)
      },
    }
  },
}

/** A display of Xvfb's own choice. */
async function openDisplay(xvfb: string): Promise<{ readonly name: string; readonly process: ChildProcess }> {
  const process = spawn(xvfb, ['-displayfd', '3', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [number] = (await once(process.stdio[3] as NodeJS.ReadableStream, 'data')) as [Buffer]
  return { name: `:${number.toString().trim()}`, process }
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  process.kill()
  await once(process, 'exit')
}

/** A session has a browser of its own, with nothing in its jar. */
async function openSession(port: number, binary: string): Promise<WebDriver> {
  const capabilities = new Capabilities({
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary, args: ['--automation'] },
  })
  const driver = await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build()
  await driver.manage().setTimeouts({ script: 60_000 })
  return driver
}

async function personOf(driver: WebDriver): Promise<Person> {
  let turn: Promise<unknown> = Promise.resolve()
  let unused: string | null = await driver.getWindowHandle()

  /** Commands go to the window that is switched to: each takes its turn with its window. */
  function inTurn<Result>(command: () => Promise<Result>): Promise<Result> {
    const mine = turn.then(command)
    turn = mine.catch(() => undefined)
    return mine
  }

  function tabOf(window: string): Tab {
    const here = <Result>(command: () => Promise<Result>): Promise<Result> =>
      inTurn(async () => {
        await driver.switchTo().window(window)
        return command()
      })
    return {
      run: <Result, Argument>(call: (argument: Argument) => Result | Promise<Result>, argument?: Argument) =>
        here(async () => {
          const answer = await driver.executeAsyncScript<{ readonly value: Result } | { readonly error: string }>(
            `const [argument, done] = arguments
             new Promise((resolve) => resolve((${call.toString()})(argument)))
               .then((value) => done({ value }), (error) => done({ error: String(error) }))`,
            argument ?? null,
          )
          if ('error' in answer) throw new Error(answer.error)
          return answer.value
        }),
      goto: (url) => here(() => driver.get(url)),
      reload: () => here(() => driver.navigate().refresh()),
      back: () => here(() => driver.navigate().back()),
      close: () => here(() => driver.close()),
    }
  }

  return {
    async openTab(url) {
      const window = unused ?? (await inTurn(() => newTab(driver)))
      unused = null
      const tab = tabOf(window)
      await tab.goto(url)
      return tab
    },
    setOffline: null,
    close: () => inTurn(() => driver.quit()),
  }
}

async function newTab(driver: WebDriver): Promise<string> {
  await driver.switchTo().newWindow('tab')
  return driver.getWindowHandle()
}
