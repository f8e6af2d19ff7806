import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { CreateAppOptions } from '../../container/index.js'
import { Sluggable, type Slugged, type SoftDeletable, SoftDelete } from '../../decorators/index.js'
import { createDataSource, type EngineOptions, type ModelDataSourceOptions } from '../../src/index.js'

@Entity()
@SoftDelete()
@Sluggable({ from: 'title', history: false })
export class Chart {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20 })
  title!: string
}
export interface Chart extends SoftDeletable, Slugged {}

/** Where a child process finds its database; a file on SQLite. */
const told = JSON.parse(process.env['PLINTH_CLINIC'] ?? '{}') as EngineOptions
const { default: driver } = await import('libsql')
const given = told.type === 'better-sqlite3' ? { ...told, driver } : told

/** What an application exports, in each of the ways that the command line takes. */
export const options: ModelDataSourceOptions = { ...given, entities: [Chart], synchronize: true }

export const application: CreateAppOptions = {
  entities: [Chart],
  viewSets: [],
  dataSource: { ...given, synchronize: true },
}

export const made = () => createDataSource(options)

export async function started() {
  return createDataSource({ ...given, entities: [Chart], proveSchema: true }).initialize()
}

export function broken() {
  throw new Error('no configuration')
}

export const nothing = 1
