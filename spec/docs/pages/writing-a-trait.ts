import { type Adds, column, defineTrait, increment, type ModelRepository, named } from 'plinth'

export declare class ArticleMembers {
  id: number
}

export declare class PageMembers {
  id: number
}

export declare class Card {
  id: number
  listId: number
}

const counting = <const P extends string>(property: P) =>
  defineTrait({
    name: 'Counting',
    as: property,
    defaults: {},
    namedColumns: () => named(property, column.integer({ default: 0 })),
    inputs: () => ({ add: { by: column.integer() } }),
    verbs: () => ({ add: { set: ({ input }) => ({ [property]: increment(input.by) }) } }),
  })
const Likes = counting('likes')
const Visits = counting('visits')

interface Page extends Adds<typeof Likes>, Adds<typeof Visits> {}
declare class Page extends PageMembers {}

export declare const pages: ModelRepository<Page>
export declare function work(): Promise<void>
