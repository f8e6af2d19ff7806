import { partRequests, warmingRequests } from './amounts.js'
import { answersOf, checked, contextOf } from './check.js'
import type { Contender } from './contender.js'
import type { Databases } from './databases.js'
import { connections, Running } from './running.js'
import { type AskContext, roomOf, type Scenario } from './scenarios.js'
import type { Place } from './serve.js'

/** A contender that runs on rows of its own, and what it is asked for: no row is deleted twice. */
export class Asked {
  readonly running: Running
  readonly #databases: Databases
  readonly #place: Place
  readonly #context: AskContext
  /** The number of the next request of each scenario. */
  readonly #next = new Map<Scenario, number>()

  private constructor(running: Running, databases: Databases, place: Place, context: AskContext) {
    this.running = running
    this.#databases = databases
    this.#place = place
    this.#context = context
  }

  /** Starts a contender; `preload` is a module that its process loads first. */
  static async start(contender: Contender, databases: Databases, preload?: string): Promise<Asked> {
    const place = await databases.make()
    const running = await Running.start(contender, place, preload)
    try {
      return new Asked(running, databases, place, await contextOf(running))
    } catch (error) {
      await running.stop()
      throw error
    }
  }

  get contender(): Contender {
    return this.running.contender
  }

  get engine(): Place['engine'] {
    return this.#databases.engine
  }

  /** What it answers to the first requests of each scenario, to be compared. */
  answers(): Promise<ReadonlyMap<Scenario, unknown>> {
    return answersOf(this.running, this.#context)
  }

  /** Gives it its first rows again where some requests would find none. */
  async provide(scenario: Scenario, count: number): Promise<void> {
    if (this.#numberOf(scenario) + count > roomOf(scenario)) await this.restore()
  }

  /** Gives it its first rows again: whatever it has written is gone. */
  async restore(): Promise<void> {
    await this.#databases.restore(this.#place)
    this.#next.clear()
  }

  /**
   * Makes requests of a scenario, as many at once as there are connections.
   * @throws {Error} for an answer that is no success.
   */
  async ask(scenario: Scenario, count: number): Promise<void> {
    await this.provide(scenario, count)
    const end = this.#numberOf(scenario) + count
    let number = this.#numberOf(scenario)
    this.#next.set(scenario, end)
    const worker = async (): Promise<void> => {
      while (number < end) await this.#askOnce(scenario, number++)
    }
    await Promise.all(Array.from({ length: Math.min(connections, count) }, worker))
  }

  async #askOnce(scenario: Scenario, number: number): Promise<void> {
    const { name, asks } = this.contender
    const { status, text } = await this.running.send(asks[scenario]!(number, this.#context))
    if (status >= 300) throw new Error(`${name}, ${scenario}: ${status} ${text.slice(0, 200)}`)
  }

  #numberOf(scenario: Scenario): number {
    return this.#next.get(scenario) ?? checked
  }
}

/** Makes a contender warm for some scenarios; in parts, between which it can be given its rows again. */
export async function warmUp(asked: Asked, scenarios: readonly Scenario[]): Promise<void> {
  const amounts = warmingRequests(asked.engine)
  for (const scenario of scenarios) {
    if (!asked.contender.asks[scenario]) continue
    const part = partRequests[scenario]
    for (let rest = amounts[scenario]; rest > 0; rest -= part) await asked.ask(scenario, Math.min(part, rest))
  }
}
