import { median, rotated } from './statistics.js'

/** One way of doing the work that is compared; it must do the same work each time it is called. */
export type Contestant = () => Promise<unknown>

/** The processor time of each contestant for one call, and how it compares with the first. */
export interface Comparison {
  readonly title: string
  readonly contestants: readonly { readonly name: string; readonly microseconds: number; readonly ratio: number }[]
}

export interface CompareOptions {
  readonly rounds?: number
  /** How often each contestant is called in a round. */
  readonly calls?: number
  /**
   * How often it is called before that, in each round, without counting: a process that has waited for others finds nothing of
   * its own in the caches of the processor. None unless told.
   */
  readonly settling?: number
  /** The processor time a contestant has used so far, in microseconds; that of this process unless told. */
  readonly spent?: (name: string) => Promise<number>
}

/**
 * Compares ways of doing the same work by processor time (user and system), in interleaved rounds, and takes medians.
 * Only the ratios carry over between machines. The first contestant is the baseline.
 */
export async function compare(
  title: string,
  contestants: Readonly<Record<string, Contestant>>,
  { rounds = 9, calls = 200, settling = 0, spent = spentHere }: CompareOptions = {},
): Promise<Comparison> {
  const names = Object.keys(contestants)
  const samples = new Map(names.map((name): [string, number[]] => [name, []]))
  for (let round = -1; round < rounds; round += 1) {
    // Another order each round, so that none is always the one that runs after the garbage of another.
    for (const name of rotated(names, round + 1)) {
      for (let call = 0; call < settling; call += 1) await contestants[name]!()
      const microseconds = await processorTime(contestants[name]!, calls, () => spent(name))
      // The first round only warms up.
      if (round >= 0) samples.get(name)!.push(microseconds)
    }
  }
  const [baseline = 1] = names.map((name) => median(samples.get(name)!))
  return {
    title,
    contestants: names.map((name) => {
      const microseconds = median(samples.get(name)!)
      return { name, microseconds, ratio: microseconds / baseline }
    }),
  }
}

async function processorTime(work: Contestant, calls: number, spent: () => Promise<number>): Promise<number> {
  const start = await spent()
  for (let call = 0; call < calls; call += 1) await work()
  return ((await spent()) - start) / calls
}

/** The processor time of this process so far, in microseconds. */
export async function spentHere(): Promise<number> {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** A comparison as lines of text. */
export function report({ title, contestants }: Comparison): string {
  const width = Math.max(...contestants.map(({ name }) => name.length))
  const lines = contestants.map(
    ({ name, microseconds, ratio }) =>
      `  ${name.padEnd(width)}  ${microseconds.toFixed(1).padStart(10)} us  ${ratio.toFixed(2).padStart(6)} x`,
  )
  return [title, ...lines].join('\n')
}
