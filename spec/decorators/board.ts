import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import {
  OnDelete,
  Orderable,
  type Ordered,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from '../../decorators/index.js'
import {
  type Adds,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
} from '../../src/index.js'
import type { Engine } from '../support/engines.js'

/** A card stands in a list, or in none: those without a list are a list too. */
@Entity()
@UuidPk()
@Timestamps()
@SoftDelete()
@Orderable({ within: ['listId'] })
export class Card {
  @Column({ type: 'varchar', length: 40 })
  title!: string

  @Column({ type: 'int', nullable: true })
  listId!: number | null
}
export interface Card extends UuidIdentified, Timestamped, SoftDeletable, Ordered {}

/** Something that refers to a card, whose insert locks the card on some engines. */
@Entity()
export class Remark {
  @PrimaryGeneratedColumn()
  id!: number

  @ManyToOne(() => Card, { nullable: false })
  card!: Relation<Card>
}

/** Something that is deleted with its card, so that deletes and restores of cards look for it. */
@Entity()
export class Label {
  @PrimaryGeneratedColumn()
  id!: number

  @OnDelete('cascade')
  @ManyToOne(() => Card, { nullable: false })
  card!: Relation<Card>
}

export const team = contextVariable<string>('team')

const OfTeam = defineTrait({
  name: 'OfTeam',
  defaults: {},
  columns: () => ({ teamId: column.string({ length: 20 }) }),
  scopes: () => ({ team: { where: eq('teamId', team), default: true, locked: true } }),
  rules: () => ({ insert: { set: () => ({ teamId: team.get()! }) } }),
})

/** Rows that are removed by a delete, each team with one list of its own. */
@Entity()
@OfTeam()
@Orderable()
export class Task {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 40 })
  title!: string
}
export interface Task extends Adds<typeof OfTeam>, Ordered {}

export interface Board {
  readonly dataSource: ModelDataSource
  /** The titles of a list in its order, once it is known that its positions are 1, 2, 3. */
  titles(listId: number | null): Promise<readonly string[]>
  /** Statements that were sent since the last call. */
  statements(): readonly string[]
  close(): Promise<void>
}

export async function openBoard(engine: Engine): Promise<Board> {
  const database = await engine.create()
  const sent: string[] = []
  const logger = {
    logQuery: (sql: string) => void sent.push(sql),
    logQueryError() {},
    logQuerySlow() {},
    logSchemaBuild() {},
    logMigration() {},
    log() {},
  }
  const dataSource = await createDataSource({
    ...database.options,
    entities: [Card, Remark, Label, Task],
    logger,
  }).initialize()
  await dataSource.synchronize()
  return {
    dataSource,
    titles: (listId) => titlesOf(dataSource, listId),
    statements: () => sent.splice(0),
    async close() {
      await dataSource.destroy()
      await database.drop()
    },
  }
}

async function titlesOf(dataSource: ModelDataSource, listId: number | null): Promise<readonly string[]> {
  const cards = await dataSource
    .getRepository(Card)
    .withDeleted()
    .find({ order: { position: 'ASC' } })
  const listed = cards.filter((card) => card.listId === listId && card.deletedAt === null)
  const positions = listed.map(({ position }) => position)
  const expected = listed.map((_, index) => index + 1)
  const hidden = cards.filter(({ deletedAt, position }) => deletedAt !== null && position !== null)
  if (JSON.stringify(positions) !== JSON.stringify(expected) || hidden.length > 0) {
    throw new Error(`The list ${listId} is not dense: ${JSON.stringify(cards)}`)
  }
  return listed.map(({ title }) => title)
}
