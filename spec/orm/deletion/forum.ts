import { Column, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import type { Engine } from '../../support/engines.js'
import { Stopped } from '../writes/library.js'

class Numbered {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Entity()
@SoftDelete()
export class Board extends Numbered {}
export interface Board extends SoftDeletable {}

@Entity()
@SoftDelete()
export class Topic extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Board)
  board!: Relation<Board>

  @OnDelete('detach')
  @ManyToOne(() => Board, { nullable: true })
  archive!: Relation<Board> | null
}
export interface Topic extends SoftDeletable {}

/** A tree of posts below a topic. */
@Entity()
@SoftDelete()
export class Post extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Topic)
  topic!: Relation<Topic>

  @OnDelete('cascade')
  @ManyToOne(() => Post, { nullable: true })
  answerTo!: Relation<Post> | null

  @Column({ type: 'varchar', length: 20, default: '' })
  text!: string
}
export interface Post extends SoftDeletable {}

/** Rows without a trash of their own. */
@Entity()
export class Like extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Post)
  post!: Relation<Post>
}

@Entity()
@SoftDelete()
export class Report extends Numbered {
  @OnDelete('restrict')
  @ManyToOne(() => Post)
  post!: Relation<Post>

  @OnDelete('keep')
  @ManyToOne(() => Topic, { nullable: true })
  topic!: Relation<Topic> | null
}
export interface Report extends SoftDeletable {}

/** Two entities whose rows may refer to one another in a circle. */
@Entity()
@SoftDelete()
export class Egg extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Hen, { nullable: true })
  hen!: Relation<Hen> | null
}
export interface Egg extends SoftDeletable {}

@Entity()
@SoftDelete()
export class Hen extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Egg, { nullable: true })
  egg!: Relation<Egg> | null
}
export interface Hen extends SoftDeletable {}

/** Rows that are removed when they are deleted, below which others are kept. */
@Entity()
export class Account extends Numbered {}

@Entity()
@SoftDelete()
export class Note extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Account, { nullable: true })
  account!: Relation<Account> | null

  @Column({ type: 'varchar', length: 20, default: '', update: false })
  code!: string
}
export interface Note extends SoftDeletable {}

export const forumEntities = [Board, Topic, Post, Like, Report, Egg, Hen, Account, Note]

export interface Forum {
  readonly dataSource: ModelDataSource
  readonly clock: Stopped
  /** The statements that were sent since it was emptied. */
  readonly sent: string[]
  clear(): Promise<void>
  close(): Promise<void>
}

const nothing = () => {}

export async function openForum(engine: Engine): Promise<Forum> {
  const database = await engine.create()
  const clock = new Stopped()
  const sent: string[] = []
  const record = (query: string) => void sent.push(query)
  const logger = {
    logQuery: record,
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  }
  const options = { ...database.options, entities: forumEntities, clock, logging: true, logger } as const
  const dataSource = await createDataSource(options).initialize()
  await dataSource.synchronize()
  const clear = async () => {
    await dataSource.query('UPDATE egg SET "henId" = NULL'.replaceAll('"', engine.name === 'mariadb' ? '`' : '"'))
    const tables = ['note', 'account', 'hen', 'egg', 'report', 'like', 'post', 'topic', 'board']
    await dataSource.query('UPDATE post SET "answerToId" = NULL'.replaceAll('"', engine.name === 'mariadb' ? '`' : '"'))
    for (const table of tables) await dataSource.query(`DELETE FROM ${dataSource.driver.escape(table)}`)
    clock.tick()
    sent.length = 0
  }
  const close = async () => {
    await dataSource.destroy()
    await database.drop()
  }
  return { dataSource, clock, sent, clear, close }
}
