import { median, quantile, rotated } from '../statistics.js'
import { answersOf, checked, contextOf, requireEqual } from './check.js'
import type { Contender } from './contender.js'
import type { Databases } from './databases.js'
import { Running } from './running.js'
import { type AskContext, type Scenario, scenarios } from './scenarios.js'

/** What a contender needs for one request of a scenario. */
export interface Cost {
  /** Processor time of its process, user and system, in microseconds: the median of the rounds. */
  readonly microseconds: number
  /** The same, by that of the first contender. */
  readonly ratio: number
  /** Between what the middle half of the rounds lies. */
  readonly quartiles: readonly [number, number]
}

export interface Measured {
  readonly contender: Contender
  readonly costs: ReadonlyMap<Scenario, Cost>
  /** The most memory its process ever had, in megabytes. */
  readonly peak: number
}

export interface MeasureOptions {
  readonly rounds: number
  /** Hears how far it has come, and which contender is left out and why. */
  readonly tell: (line: string) => void
}

/** How many requests of each scenario a round makes, and how many of them are under way at once. */
export const requestsOf: Readonly<Record<Scenario, number>> = {
  list: 50,
  'list with count': 25,
  detail: 120,
  cursor: 40,
  create: 60,
  patch: 80,
  delete: 80,
  'bulk create': 2,
  'bulk delete': 2,
}
export const connections = 8
const warmUp = 3

interface Entry {
  readonly running: Running
  readonly context: AskContext
  readonly samples: Map<Scenario, number[]>
  /** The number of the next request of each scenario. */
  readonly next: Map<Scenario, number>
}

/**
 * Runs contenders beside each other on equal rows: compares what they answer, then measures the processor time of each
 * process in interleaved rounds.
 * @throws {Error} where two contenders answer different things.
 */
export async function measure(
  contenders: readonly Contender[],
  databases: Databases,
  { rounds, tell }: MeasureOptions,
): Promise<readonly Measured[]> {
  const entries: Entry[] = []
  try {
    await startAll(contenders, databases, entries, tell)
    for (let round = 0; round < rounds + warmUp; round += 1) {
      if (round === warmUp) for (const { samples } of entries) samples.clear()
      for (const scenario of scenarios) {
        for (const entry of rotated(entries, round)) await runRound(entry, scenario)
      }
    }
    return await Promise.all(entries.map(async (entry) => measured(entry, entries[0]!)))
  } finally {
    await Promise.all(entries.map(({ running }) => running.stop()))
  }
}

async function startAll(
  contenders: readonly Contender[],
  databases: Databases,
  entries: Entry[],
  tell: (line: string) => void,
): Promise<void> {
  let expected: ReadonlyMap<Scenario, unknown> | undefined
  for (const contender of contenders) {
    const running = await Running.start(contender, await databases.make(), connections)
    const context = await contextOf(running)
    entries.push({ running, context, samples: new Map(), next: new Map() })
    const answers = await answersOf(running, context)
    expected ??= answers
    requireEqual(expected, answers, contender.name)
    tell(`${databases.engine}: ${contender.name} answers ${answers.size} scenarios as the first does`)
  }
}

async function runRound({ running, context, samples, next }: Entry, scenario: Scenario): Promise<void> {
  const ask = running.contender.asks[scenario]
  if (!ask) return
  const count = requestsOf[scenario]
  const first = next.get(scenario) ?? checked
  next.set(scenario, first + count)
  const before = await running.usage()
  let number = first
  const worker = async (): Promise<void> => {
    while (number < first + count) {
      const { status, text } = await running.send(ask(number++, context))
      if (status >= 300) throw new Error(`${running.contender.name}, ${scenario}: ${status} ${text.slice(0, 200)}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(connections, count) }, worker))
  const { spent } = await running.usage()
  const known = samples.get(scenario) ?? []
  samples.set(scenario, [...known, (spent - before.spent) / count])
}

async function measured({ running, samples }: Entry, baseline: Entry): Promise<Measured> {
  const { peak } = await running.usage()
  const costs = new Map(
    [...samples].map(([scenario, numbers]): [Scenario, Cost] => {
      const microseconds = median(numbers)
      const ratio = microseconds / median(baseline.samples.get(scenario) ?? [])
      return [scenario, { microseconds, ratio, quartiles: [quantile(numbers, 0.25), quantile(numbers, 0.75)] }]
    }),
  )
  return { contender: running.contender, costs, peak: peak / 1024 }
}
