import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import {
  type HasRank,
  Orderable,
  type Ordered,
  Ranked,
  type SoftDeletable,
  SoftDelete,
} from '../../decorators/index.js'
import { type AnyClass, createDataSource, type ModelDataSource } from '../../src/index.js'
import type { Engine } from '../support/engines.js'

@Entity()
@SoftDelete()
@Orderable({ within: ['listId'] })
export class Step {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 40 })
  title!: string

  @Column({ type: 'int', nullable: true })
  listId!: number | null
}
export interface Step extends SoftDeletable, Ordered {}

@Entity()
@SoftDelete()
@Ranked({ within: ['listId'] })
export class Track {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 40 })
  title!: string

  @Column({ type: 'int', nullable: true })
  listId!: number | null
}
export interface Track extends SoftDeletable, HasRank {}

/** Rows that are hidden keep their place. */
@Entity()
@SoftDelete()
@Orderable({ onHide: 'keep' })
export class Chapter {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 40 })
  title!: string
}
export interface Chapter extends SoftDeletable, Ordered {}

export async function openLists(engine: Engine, ...more: readonly AnyClass[]) {
  const database = await engine.create()
  const entities = [Step, Track, Chapter, ...more]
  const dataSource: ModelDataSource = await createDataSource({ ...database.options, entities }).initialize()
  await dataSource.synchronize()
  const close = async () => {
    await dataSource.destroy()
    await database.drop()
  }
  return { dataSource, close }
}
