import type { Engine } from '../../spec/support/engines.js'
import { spentHere } from '../compare.js'
import { quantile, rotated } from '../statistics.js'

/** One thing that is measured at one size. */
export interface Measured {
  readonly work: () => Promise<unknown>
  /** How often it is done in a round. */
  readonly calls: number
  /** How often it is done before anything is measured, so that the engine has compiled what it runs. */
  readonly warming?: number
  /** What has been spent so far, in microseconds. */
  readonly spent: () => Promise<number>
}

/** The time that passes, of which others that use the machine take some. */
const passed = async (): Promise<number> => performance.now() * 1000

/** What is spent: processor time where the database is part of the process, else the time that passes. */
export const clockFor = (engine: Engine['name']): (() => Promise<number>) => (engine === 'sqlite' ? spentHere : passed)

/** Measures everything in turns, and gives the lower quartile of the rounds of each: others only add to it. */
export async function spentInTurns<K>(all: ReadonlyMap<K, Measured>, rounds: number): Promise<ReadonlyMap<K, number>> {
  const samples = new Map([...all.keys()].map((key): [K, number[]] => [key, []]))
  for (const { work, calls, warming = calls } of all.values()) await times(warming, work)
  for (let round = 0; round < rounds; round += 1) {
    for (const [key, { work, calls, spent }] of rotated([...all], round)) {
      const start = await spent()
      await times(calls, work)
      samples.get(key)!.push(((await spent()) - start) / calls)
    }
  }
  return new Map([...samples].map(([key, numbers]) => [key, quantile(numbers, 0.25)]))
}

async function times(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let call = 0; call < count; call += 1) await work()
}
