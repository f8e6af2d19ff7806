/** What traits say of rows that are written: what must not compile, and what must. */
import { defineTrait, type ModelDataSource } from 'plinth'
import { Audited, auditOf, TouchParent } from 'plinth/decorators'

class Post {
  id!: number
}

@TouchParent({ relation: ['post', 'answers'] })
@Audited({ only: ['text'], omit: ['post'] })
class Comment {
  id!: number
  text!: string
  post!: Post
  answers!: Comment | null
}

// @ts-expect-error the class has no such relation
@TouchParent({ relation: 'pots' })
// @ts-expect-error the class has no such property
@Audited({ only: ['txet'] })
class Misspelt {
  id!: number
  text!: string
}

declare const dataSource: ModelDataSource

export const right = [
  () => new Misspelt(),
  async (): Promise<string | undefined> => {
    const [entry] = await auditOf(dataSource.getRepository(Comment), 1)
    return entry?.before?.text
  },
  () =>
    defineTrait({
      name: 'Right',
      defaults: {},
      rules: () => ({
        written: {
          relations: { post: ['updatedAt'] },
          before: async (rows, context) => {
            await context.related('post').touch(rows.map(({ before, after }) => (after ?? before)!))
          },
        },
      }),
    }),
]

export const wrong = [
  async () => {
    const [entry] = await auditOf(dataSource.getRepository(Comment), 1)
    // @ts-expect-error entries know the properties of their entity
    return entry?.before?.txet
  },
]
