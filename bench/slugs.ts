import { createDataSource, type EngineOptions, type ModelDataSource } from 'plinth'
import { Sluggable, type Slugged } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { engines } from '../spec/support/engines.js'

@Entity()
@Sluggable({ from: 'title' })
class Article {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 120 })
  title!: string
}
interface Article extends Slugged {}

const [few, many, rounds] = [10, 4000, 200]

/**
 * Compares inserting a row whose title 10 rows have already with one whose title 4,000 rows have, on every engine that
 * can be reached: in turns, by the time that passes, which is that of the database too. Others that use the machine only
 * add to it, so the lower quartiles are compared.
 */
export async function slugReport(): Promise<string> {
  const lines: string[] = []
  for (const engine of engines) {
    try {
      const database = await engine.create()
      lines.push(`  ${engine.name.padEnd(10)}${await compared(database.options)}`)
      await database.drop()
    } catch (error) {
      lines.push(`  ${engine.name.padEnd(10)}cannot be reached: ${(error as Error).message}`)
    }
  }
  return [`Insert the ${many}th row of a title, against the ${few}th`, ...lines].join('\n')
}

async function compared(options: EngineOptions): Promise<string> {
  const dataSource = await createDataSource({ ...options, entities: [Article], synchronize: true }).initialize()
  try {
    await fill(dataSource, 'Many', many - 1 - rounds / 2)
    const times = new Map<string, number[]>([
      ['Few', []],
      ['Many', []],
    ])
    for (let round = 0; round < rounds; round += 1) {
      // A title of its own each round, so that few have it each time.
      await fill(dataSource, `Few ${letters(round)}`, few - 1)
      const turns = round % 2 === 0 ? ['Few', 'Many'] : ['Many', 'Few']
      for (const turn of turns) {
        const title = turn === 'Few' ? `Few ${letters(round)}` : turn
        const start = process.hrtime.bigint()
        await dataSource.getRepository(Article).insert({ title })
        times.get(turn)!.push(Number(process.hrtime.bigint() - start) / 1000)
      }
    }
    const [one, other] = ['Few', 'Many'].map((turn) => lowerQuartile(times.get(turn)!)) as [number, number]
    return `${one.toFixed(0).padStart(8)} us ${other.toFixed(0).padStart(8)} us  ${(other / one).toFixed(2)} x`
  } finally {
    await dataSource.destroy()
  }
}

async function fill(dataSource: ModelDataSource, title: string, count: number): Promise<void> {
  await dataSource.getRepository(Article).insert(Array.from({ length: count }, () => ({ title })))
}

/** A number in letters: digits at the end of a title would make titles share their locks. */
const letters = (number: number): string => String(number).replace(/[0-9]/g, (digit) => 'abcdefghij'[Number(digit)]!)

const lowerQuartile = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 4)] ?? 0
