import { median, quantile, rotated } from '../statistics.js'
import { answersOf, checked, contextOf, requireEqual } from './check.js'
import type { Contender } from './contender.js'
import type { Databases } from './databases.js'
import { Running } from './running.js'
import { type AskContext, type Scenario, scenarios } from './scenarios.js'
import type { Place } from './serve.js'

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
  /** What requests cost once the process is warm. */
  readonly costs: ReadonlyMap<Scenario, Cost>
  /** What the first requests cost, before the engine has compiled what they run. */
  readonly cold: ReadonlyMap<Scenario, Cost>
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
/** How many requests of each scenario every contender has answered before it is taken for warm. */
export const warmingOf: Readonly<Record<Scenario, number>> = {
  list: 2000,
  'list with count': 400,
  detail: 2000,
  cursor: 2000,
  create: 300,
  patch: 300,
  delete: 300,
  'bulk create': 60,
  'bulk delete': 40,
}
export const connections = 8
/** The rounds of a process that has just started; the first, which opens connections and reads files, does not count. */
export const coldRounds = 4

type Samples = Map<Scenario, number[]>

interface Entry {
  readonly running: Running
  readonly place: Place
  readonly context: AskContext
  readonly cold: Samples
  readonly warm: Samples
  /** The number of the next request of each scenario. */
  readonly next: Map<Scenario, number>
}

/**
 * Runs contenders beside each other on equal rows: compares what they answer, then measures the processor time of each
 * process in interleaved rounds; those of processes that have just started, then those of warm ones, on the first rows again.
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
    await runRounds(entries, coldRounds, 'cold')
    for (const { cold } of entries) for (const numbers of cold.values()) numbers.shift()
    for (const entry of entries) await warmUp(entry)
    await restoreAll(entries, databases)
    tell(`${databases.engine}: all are warm, on their first rows`)
    await runRounds(entries, rounds, 'warm')
    return await Promise.all(entries.map(async (entry) => measured(entry, entries[0]!)))
  } finally {
    await Promise.all(entries.map(({ running }) => running.stop()))
  }
}

async function runRounds(entries: readonly Entry[], rounds: number, kind: 'cold' | 'warm'): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const scenario of scenarios) {
      for (const entry of rotated(entries, round)) await runRound(entry, scenario, entry[kind])
    }
  }
}

async function warmUp(entry: Entry): Promise<void> {
  for (const scenario of scenarios) {
    if (entry.running.contender.asks[scenario]) await ask(entry, scenario, warmingOf[scenario])
  }
}

/** What was written to become warm is undone, so that all are measured on the same rows, and compared once more. */
async function restoreAll(entries: readonly Entry[], databases: Databases): Promise<void> {
  let expected: ReadonlyMap<Scenario, unknown> | undefined
  for (const { running, place, context, next } of entries) {
    await databases.restore(place)
    next.clear()
    const answers = await answersOf(running, context)
    expected ??= answers
    requireEqual(expected, answers, running.contender.name)
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
    const place = await databases.make()
    const running = await Running.start(contender, place, connections)
    const context = await contextOf(running)
    entries.push({ running, place, context, cold: new Map(), warm: new Map(), next: new Map() })
    const answers = await answersOf(running, context)
    expected ??= answers
    requireEqual(expected, answers, contender.name)
    tell(`${databases.engine}: ${contender.name} answers ${answers.size} scenarios as the first does`)
  }
}

async function runRound(entry: Entry, scenario: Scenario, samples: Samples): Promise<void> {
  const { running } = entry
  if (!running.contender.asks[scenario]) return
  const count = requestsOf[scenario]
  const before = await running.usage()
  await ask(entry, scenario, count)
  const { spent } = await running.usage()
  const known = samples.get(scenario) ?? []
  samples.set(scenario, [...known, (spent - before.spent) / count])
}

async function ask({ running, context, next }: Entry, scenario: Scenario, count: number): Promise<void> {
  const first = next.get(scenario) ?? checked
  next.set(scenario, first + count)
  let number = first
  const worker = async (): Promise<void> => {
    while (number < first + count) {
      const { status, text } = await running.send(running.contender.asks[scenario]!(number++, context))
      if (status >= 300) throw new Error(`${running.contender.name}, ${scenario}: ${status} ${text.slice(0, 200)}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(connections, count) }, worker))
}

async function measured({ running, cold, warm }: Entry, baseline: Entry): Promise<Measured> {
  const { peak } = await running.usage()
  return {
    contender: running.contender,
    costs: costsOf(warm, baseline.warm),
    cold: costsOf(cold, baseline.cold),
    peak: peak / 1024,
  }
}

function costsOf(samples: Samples, baseline: Samples): ReadonlyMap<Scenario, Cost> {
  return new Map(
    [...samples].map(([scenario, numbers]): [Scenario, Cost] => {
      const microseconds = median(numbers)
      const ratio = microseconds / median(baseline.get(scenario) ?? [])
      return [scenario, { microseconds, ratio, quartiles: [quantile(numbers, 0.25), quantile(numbers, 0.75)] }]
    }),
  )
}
