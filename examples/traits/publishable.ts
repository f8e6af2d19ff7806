import { type Adds, ConflictError, column, defineTrait, isNull, not } from 'plinth'

/** Rows are drafts until they are published; `published` is a scope that readers ask for by its view. */
export const Publishable = defineTrait({
  name: 'Publishable',
  defaults: {},
  columns: () => ({ publishedAt: column.timestamp({ nullable: true, index: true }) }),
  views: () => ({ published: { where: not(isNull('publishedAt')) }, drafts: { where: isNull('publishedAt') } }),
  inputs: () => ({ publish: { at: column.timestamp() } }),
  verbs: () => ({
    publish: {
      set: ({ input }) => ({ publishedAt: input.at }),
      each: ({ before }) => {
        if (before.publishedAt !== null) throw new ConflictError('It is published.', { errorCode: 'PUBLISHED' })
      },
    },
    unpublish: { set: () => ({ publishedAt: null }) },
  }),
})

export type CanPublish = Adds<typeof Publishable>
