import { EntitySchema } from 'typeorm'
import type { Place } from './serve.js'

/** The row as TypeORM alone describes it. */
export interface OrmArticle {
  readonly id: string
  title: string
  slug: string
  body: string
  words: number
  categoryId: number
  metadata: Readonly<Record<string, unknown>>
  readonly createdAt: Date
  updatedAt: Date
  readonly deletedAt?: Date | null
}

/** The table as one would describe it without plinth. */
export function ormArticle({ engine }: Place): EntitySchema<OrmArticle> {
  const instant = engine === 'sqlite' ? 'datetime' : 'timestamptz'
  return new EntitySchema<OrmArticle>({
    name: 'Article',
    tableName: 'articles',
    columns: {
      id: { type: engine === 'sqlite' ? 'varchar' : 'uuid', primary: true },
      title: { type: 'varchar', length: 200 },
      slug: { type: 'varchar', length: 100 },
      body: { type: 'text' },
      words: { type: 'int' },
      categoryId: { type: 'int' },
      metadata: { type: engine === 'sqlite' ? 'simple-json' : 'jsonb' },
      createdAt: { type: instant },
      updatedAt: { type: instant },
      deletedAt: { type: instant, nullable: true, deleteDate: true, select: false },
    },
  })
}
