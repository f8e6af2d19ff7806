import 'reflect-metadata'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type SoftDeletable, SoftDelete, StampOn, type Timestamped, Timestamps } from '../../decorators/index.js'
import { createDataSource, type EngineOptions, eq, gte, type ModelDataSource, orderingOf } from '../../src/index.js'

/**
 * What a clock in New York shows twice in autumn, and what it never shows in spring; the last of a year in Kolkata, and
 * an instant of another year there.
 */
export const moments = [
  '2024-03-10T07:30:00.123Z',
  '2024-11-03T05:30:00.456Z',
  '2024-11-03T06:30:00.456Z',
  '2024-12-31T18:29:59.999Z',
] as const

@Entity()
@Timestamps({ index: true })
@SoftDelete()
@StampOn({ field: 'state', equals: 'done', stamp: 'doneAt' })
export class Task {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 10, default: 'open' })
  state!: string

  doneAt!: Date | null
}
export interface Task extends Timestamped, SoftDeletable {}

/** A row as one process has read it. */
export type TaskSeen = Readonly<Record<'createdAt' | 'updatedAt' | 'doneAt' | 'deletedAt', string | null>>

/** What a process in some time zone made of the rows that it and others before it have written. */
export interface ZoneAnswer {
  readonly offset: number
  readonly rows: Readonly<Record<number, TaskSeen>>
  /** The ids of the rows found by equality with their `createdAt`, and by what comes from the second moment on. */
  readonly found: readonly (readonly number[])[]
}

export async function openTasks(options: EngineOptions, clock: { now(): Date }): Promise<ModelDataSource> {
  return createDataSource({ ...options, entities: [Task], clock }).initialize()
}

const text = (date: Date | null) => date?.toISOString() ?? null

export async function lookAtTasks(dataSource: ModelDataSource): Promise<ZoneAnswer> {
  const tasks = dataSource.getRepository(Task).unscoped()
  const rows = await tasks.find({ order: { id: 'ASC' } })
  const seen = rows.map(({ id, createdAt, updatedAt, doneAt, deletedAt }) => [
    id,
    { createdAt: text(createdAt), updatedAt: text(updatedAt), doneAt: text(doneAt), deletedAt: text(deletedAt) },
  ])
  const idsWhere = async (where: ReturnType<typeof eq>) =>
    (
      await tasks
        .select()
        .where(where)
        .orderBy(orderingOf(['id']))
        .rows()
    ).map(({ id }) => id)
  const found = [
    await idsWhere(eq('createdAt', new Date(moments[0]))),
    await idsWhere(gte('updatedAt', new Date(moments[2]))),
  ]
  return { offset: new Date(moments[0]).getTimezoneOffset(), rows: Object.fromEntries(seen), found }
}

interface Orders {
  readonly options: EngineOptions
  readonly id: number
}

/** Inserts a row at the first moment, stamps it at the second, deletes it at the third. */
async function write({ options, id }: Orders): Promise<ZoneAnswer> {
  let moment = 0
  const dataSource = await openTasks(options, { now: () => new Date(moments[moment]!) })
  try {
    const tasks = dataSource.getRepository(Task)
    await tasks.insert({ id })
    moment = 1
    await tasks.update(id, { state: 'done' })
    moment = 2
    await tasks.delete(id)
    // A clock that is one moment late, in whatever zone, sets nothing back.
    moment = 1
    await tasks.unscoped().updateAll({ state: 'done' })
    return await lookAtTasks(dataSource)
  } finally {
    await dataSource.destroy()
  }
}

const orders = process.env['PLINTH_ZONE_WRITER']
if (orders !== undefined) {
  const { options, id } = JSON.parse(orders) as Orders
  const driver = options.type === 'better-sqlite3' ? { driver: (await import('libsql')).default } : {}
  process.stdout.write(JSON.stringify(await write({ options: { ...options, ...driver }, id })))
}
