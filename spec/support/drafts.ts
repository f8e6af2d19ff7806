import { type Adds, ConflictError, column, createDataSource, defineTrait, eq, type ModelDataSource, ne } from 'plinth'
import {
  type HasMetadata,
  Metadata,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
} from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import type { Database } from './engines.js'

/** A third party's trait with states, each of which is left by a verb. */
export const Publishable = defineTrait({
  name: 'Publishable',
  defaults: {},
  columns: () => ({
    state: column.string({ length: 12, default: 'draft' }),
    edition: column.integer({ default: 0 }),
  }),
  inputs: () => ({ publish: { edition: column.integer() } }),
  verbs: () => ({
    publish: {
      requires: {
        where: eq('state', 'draft'),
        refused: ({ state }) => new ConflictError(`It is ${state}.`, { errorCode: 'NOT_A_DRAFT' }),
      },
      set: ({ input }) => ({ state: 'published', edition: input.edition }),
    },
    shred: {
      hard: true,
      without: ['kept'],
      requires: {
        where: ne('state', 'published'),
        refused: () => new ConflictError('It is published.', { errorCode: 'PUBLISHED' }),
      },
    },
  }),
  refusals: () => ({ NOT_A_DRAFT: 409, PUBLISHED: 409 }),
})

export interface Draft extends Timestamped, SoftDeletable, HasMetadata, Adds<typeof Publishable> {}
/** Has verbs that nothing must see a row for. */
@Entity('verb_drafts')
@Timestamps()
@SoftDelete()
@Metadata()
@Publishable()
export class Draft {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) title!: string
  @Column({ length: 20, default: 'ada' }) owner!: string
}

/** An open database of drafts. */
export const openDrafts = ({ options }: Database): Promise<ModelDataSource> =>
  createDataSource({ ...options, entities: [Draft], synchronize: true }).initialize()
