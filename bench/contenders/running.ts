import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { Contender } from './contender.js'
import type { Sent } from './scenarios.js'
import type { Place } from './serve.js'

/** What was answered. */
export interface Answered {
  readonly status: number
  readonly text: string
}

/** What a process has used so far. */
export interface Usage {
  /** Processor time, user and system, in microseconds. */
  readonly spent: number
  /** The most memory it ever had, in kilobytes. */
  readonly peak: number
}

/** How many connections a contender is asked over; all of them are kept. */
export const connections = 8

class LostConnection extends Error {}

/** A contender that runs in a process of its own. */
export class Running {
  readonly contender: Contender
  readonly #child: ChildProcess
  readonly #port: number
  readonly #agent: Agent

  private constructor(contender: Contender, child: ChildProcess, port: number) {
    this.contender = contender
    this.#child = child
    this.#port = port
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /**
   * Starts a contender, whose process loads the module `preload` before anything else.
   * @throws {Error} where the process ends before it answers.
   */
  static async start(contender: Contender, place: Place, preload?: string): Promise<Running> {
    const { program, variant, name } = contender
    const environment = { ...process.env, NODE_ENV: 'production' }
    const child = fork(program, [JSON.stringify({ place, variant })], {
      env: environment,
      execArgv: preload === undefined ? [] : ['--import', preload],
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`${name} ended with ${String(code)} before it answered.`)
    })
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ readonly port: number }]
    ended.catch(() => {})
    return new Running(contender, child, port)
  }

  usage(): Promise<Usage> {
    return this.tell('usage')
  }

  /** Tells the process something, and gives what it says to that. */
  async tell<T>(word: string): Promise<T> {
    this.#child.send(word)
    const [answer] = (await once(this.#child, 'message')) as [T]
    return answer
  }

  async send(what: Sent): Promise<Answered> {
    for (let lost = 0; ; lost += 1) {
      try {
        return await this.#send(what)
      } catch (error) {
        // The server closes connections that nothing was sent on for long, maybe all of them, while requests are on their way.
        if (!(error instanceof LostConnection) || lost >= connections) throw error
      }
    }
  }

  #send({ method, path, body, headers: own }: Sent): Promise<Answered> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const described =
      text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const headers = { ...own, ...described }
    return new Promise((resolve, fail) => {
      const reject = ({ message, code }: NodeJS.ErrnoException): void => {
        const Failure = sent.reusedSocket && code === 'ECONNRESET' ? LostConnection : Error
        fail(new Failure(`${this.contender.name}, ${method} ${path}: ${message}`))
      }
      const sent = request({ agent: this.#agent, port: this.#port, method, path, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      })
      sent.on('error', reject).end(text)
    })
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}
