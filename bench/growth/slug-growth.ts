import { Sluggable, type Slugged } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import type { Engine } from '../../spec/support/engines.js'
import { type EngineDatabase, opened } from '../engine-database.js'
import { aimOfGrowth, type Growth } from './growth.js'
import { clockFor, type Measured, spentInTurns } from './spent.js'

@Entity()
@Sluggable({ from: 'title' })
class Titled {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20 }) title!: string
}
interface Titled extends Slugged {}

/** Inserts rows whose title others have, in turns. Undefined where the engine cannot be reached. */
export async function slugGrowth(
  engine: Engine['name'],
  sizes: readonly number[],
  rounds: number,
): Promise<Growth | undefined> {
  const databases: EngineDatabase[] = []
  const all = new Map<number, Measured>()
  try {
    for (const size of sizes) {
      const database = await opened(engine, [Titled])
      if (!database) return undefined
      databases.push(database)
      const rows = database.dataSource.getRepository(Titled)
      await rows.insert(Array.from({ length: size }, () => ({ title: 'the same' })))
      await database.sql('ANALYZE titled')
      const work = () => rows.insert({ title: 'the same' })
      all.set(size, { work, calls: 4, spent: clockFor(engine) })
    }
    const costs = await spentInTurns(all, rounds)
    const series = { name: 'Sluggable', values: sizes.map((size) => costs.get(size)) }
    return {
      name: 'Insert a row whose title others have, by their number',
      unit: 'us',
      sizes,
      series: [series],
      aims: [aimOfGrowth('an insert where most have the title, against where fewest have', 1.5, series)],
    }
  } finally {
    for (const { drop } of databases) await drop()
  }
}
