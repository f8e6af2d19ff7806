import { median, quantile, rotated } from '../statistics.js'
import { type Amounts, coldRequests, partRequests, warmingRequests } from './amounts.js'
import { Asked, warmUp } from './asked.js'
import { requireEqual } from './check.js'
import type { Contender } from './contender.js'
import type { Databases } from './databases.js'
import { type Scenario, scenarios } from './scenarios.js'

/** What a contender needs for one request of a scenario. */
export interface Cost {
  /** Processor time of its process, user and system, in microseconds: the median of the rounds. */
  readonly microseconds: number
  /** By that of the first contender in the same round: the median of the rounds. */
  readonly ratio: number
  /** Between what the ratios of the middle half of the rounds lie. */
  readonly quartiles: readonly [number, number]
}

export interface Measured {
  readonly contender: Contender
  /** What requests cost once the process is warm. */
  readonly costs: ReadonlyMap<Scenario, Cost>
  /** What the first requests cost, before the engine has compiled what they run. */
  readonly cold: ReadonlyMap<Scenario, Cost>
  /** The most memory that its processes ever had, in megabytes: the median of them. */
  readonly peak: number
}

export interface MeasureOptions {
  /**
   * How many processes each contender is measured in, one after another. Where an engine puts what it compiles, and what it has
   * seen when it compiles it, is another in each: of equal ones some cost a tenth more than others for as long as they live.
   */
  readonly processes: number
  /** How many rounds each of them is asked in when it is warm. */
  readonly rounds: number
  /**
   * Of how many parts each of these rounds is, one behind another: see `partRequests`. One more goes before them and does not
   * count: while others were asked the process lost its connections, and V8 forgets what it has compiled when that has not run
   * for some collections of garbage.
   */
  readonly parts: number
  /** Hears how far it has come, and which contender is left out and why. */
  readonly tell: (line: string) => void
}

/** The rounds of a process that has just started; the first, which opens connections and reads files, does not count. */
export const coldRounds = 4

/**
 * The share of a part of a round that is asked for before it begins, without counting: rows that were just given back are in no
 * cache.
 */
const settlingShare = 0.25

type Samples = Map<Scenario, number[]>

/** What was measured of a contender, in all its processes. */
interface Kept {
  readonly contender: Contender
  readonly cold: Samples
  readonly warm: Samples
  readonly peaks: number[]
}

/** A process of a contender. */
interface Entry {
  readonly asked: Asked
  readonly cold: Samples
  readonly warm: Samples
}

/**
 * Runs contenders beside each other on equal rows: compares what they answer, then measures the processor time of each
 * process in interleaved rounds; those of processes that have just started, then those of warm ones, on the first rows again.
 * @throws {Error} where two contenders answer different things.
 */
export async function measure(
  contenders: readonly Contender[],
  databases: Databases,
  { processes, tell, ...rounds }: MeasureOptions,
): Promise<readonly Measured[]> {
  const records = contenders.map((contender): Kept => ({ contender, cold: new Map(), warm: new Map(), peaks: [] }))
  for (let number = 1; number <= processes; number += 1) {
    const say = (line: string): void => tell(`${databases.engine}, ${number} of ${processes}: ${line}`)
    await measureProcesses(records, databases, { ...rounds, tell: say })
  }
  return records.map((record) => measured(record, records[0]!))
}

/** Measures one process of each contender. */
async function measureProcesses(
  records: readonly Kept[],
  databases: Databases,
  { rounds, parts, tell }: Omit<MeasureOptions, 'processes'>,
): Promise<void> {
  const entries: Entry[] = []
  try {
    for (const { contender } of records) {
      entries.push({ asked: await Asked.start(contender, databases), cold: new Map(), warm: new Map() })
    }
    await compareAnswers(entries)
    tell(`${entries.length} contenders answer alike`)
    await runRounds(entries, { kind: 'cold', rounds: coldRounds, parts: 1, amounts: coldRequests })
    for (const { cold } of entries) for (const numbers of cold.values()) numbers.shift()
    tell(`about ${estimatedMinutes(entries, rounds * (parts + 1)).toFixed(0)} minutes to go`)
    // Nothing is measured meanwhile, so all of them can become warm at once.
    await Promise.all(entries.map(({ asked }) => warmUp(asked, scenarios)))
    await Promise.all(entries.map(({ asked }) => asked.restore()))
    await compareAnswers(entries)
    tell('all are warm, on their first rows')
    await runRounds(entries, { kind: 'warm', rounds, parts, amounts: partRequests })
    for (const [index, entry] of entries.entries()) await keepIn(records[index]!, entry)
  } finally {
    await Promise.all(entries.map(({ asked }) => asked.running.stop()))
  }
}

async function keepIn(record: Kept, { asked, cold, warm }: Entry): Promise<void> {
  const { peak } = await asked.running.usage()
  record.peaks.push(peak / 1024)
  addSamples(record.cold, cold)
  addSamples(record.warm, warm)
}

function addSamples(all: Samples, more: Samples): void {
  for (const [scenario, numbers] of more) all.set(scenario, [...(all.get(scenario) ?? []), ...numbers])
}

async function compareAnswers(entries: readonly Entry[]): Promise<void> {
  let expected: ReadonlyMap<Scenario, unknown> | undefined
  for (const { asked } of entries) {
    const answers = await asked.answers()
    expected ??= answers
    requireEqual(expected, answers, asked.contender.name)
  }
}

/** How a process is asked in rounds, and where their samples are kept. */
interface Rounds {
  readonly kind: 'cold' | 'warm'
  readonly rounds: number
  /** How many times in a round it is asked for `amounts`. */
  readonly parts: number
  readonly amounts: Amounts
}

async function runRounds(entries: readonly Entry[], how: Rounds): Promise<void> {
  for (let round = 0; round < how.rounds; round += 1) {
    for (const scenario of scenarios) {
      for (const entry of rotated(entries, round)) await runRound(entry, scenario, how)
    }
  }
}

async function runRound(entry: Entry, scenario: Scenario, { kind, parts, amounts }: Rounds): Promise<void> {
  const { asked } = entry
  if (!asked.contender.asks[scenario]) return
  const count = amounts[scenario]
  const settling = kind === 'warm' ? Math.ceil(count * settlingShare) : 0
  if (kind === 'warm') await spentOn(asked, scenario, { settling, count })
  let spent = 0
  for (let part = 0; part < parts; part += 1) spent += await spentOn(asked, scenario, { settling, count })
  addSamples(entry[kind], new Map([[scenario, [spent / (parts * count)]]]))
}

async function spentOn(
  asked: Asked,
  scenario: Scenario,
  { settling, count }: { readonly settling: number; readonly count: number },
): Promise<number> {
  await asked.provide(scenario, settling + count)
  await asked.ask(scenario, settling)
  const before = await asked.running.usage()
  await asked.ask(scenario, count)
  const { spent } = await asked.running.usage()
  return spent - before.spent
}

/** How long the rest takes if requests go on costing what the first did: they do not, but they have to be made, too. */
function estimatedMinutes(entries: readonly Entry[], parts: number): number {
  const microseconds = entries.flatMap(({ asked, cold }) => {
    const warming = warmingRequests(asked.engine)
    return [...cold].map(
      ([scenario, numbers]) => median(numbers) * (warming[scenario] + parts * partRequests[scenario]),
    )
  })
  return microseconds.reduce((sum, one) => sum + one, 0) / 60_000_000
}

const measured = ({ contender, cold, warm, peaks }: Kept, baseline: Kept): Measured => ({
  contender,
  costs: costsOf(warm, baseline.warm),
  cold: costsOf(cold, baseline.cold),
  peak: median(peaks),
})

function costsOf(samples: Samples, baseline: Samples): ReadonlyMap<Scenario, Cost> {
  return new Map(
    [...samples].map(([scenario, numbers]): [Scenario, Cost] => {
      // A machine is slower in some rounds than in others, and so are all that it runs.
      const ratios = numbers.map((number, round) => number / baseline.get(scenario)![round]!)
      const quartiles = [quantile(ratios, 0.25), quantile(ratios, 0.75)] as const
      return [scenario, { microseconds: median(numbers), ratio: median(ratios), quartiles }]
    }),
  )
}
