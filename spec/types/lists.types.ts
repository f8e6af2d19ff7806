import { anyone, ModelViewSet, PaginationMixin, type SearchProvider, Serializer } from 'plinth'

class Author {
  id!: number
  name!: string
  books!: Book[]
}

class Book {
  id!: number
  title!: string
  pages!: number
  printed!: boolean
  published!: Date | null
  settings!: { size: number; theme: string } | null
  extra!: unknown
  author!: Author
  describe(): string {
    return this.title
  }
}

class BookSerializer extends Serializer(Book, { fields: ['id', 'title', 'pages', 'printed', 'published'] }) {}

const rest = { serializer: BookSerializer, permissions: { '*': anyone } } as const
const provider: SearchProvider = { name: 'none', matches: () => '1=0' }

// Right programs.
ModelViewSet(Book, {
  ...rest,
  filters: {
    title: ['eq', 'icontains'],
    pages: ['gte', 'lt', 'range'],
    printed: ['eq'],
    published: ['isnull', 'gt'],
    author: ['eq', 'in'],
    'author.name': ['startswith'],
    'author.books.pages': ['gt'],
    'settings.size': { operators: ['gte'], json: 'number' },
    'extra.anything': { operators: ['eq'], json: 'string', as: 'anything' },
  },
  search: ['title', 'author.name'],
  ordering: ['title', 'published', 'author.name'],
  defaultOrdering: ['-published', 'author.name', 'title'],
  pagination: { style: 'cursor', size: 10 },
})
export const Counted = PaginationMixin(ModelViewSet(Book, { ...rest, search: { fields: ['title'], provider } }), {
  style: 'page',
  count: { capped: 100 },
})

// Filters.
// @ts-expect-error: a misspelt property
ModelViewSet(Book, { ...rest, filters: { titel: ['eq'] } })
// @ts-expect-error: a misspelt property of a relation
ModelViewSet(Book, { ...rest, filters: { 'author.nmae': ['eq'] } })
// @ts-expect-error: no relation
ModelViewSet(Book, { ...rest, filters: { 'title.name': ['eq'] } })
// @ts-expect-error: a method
ModelViewSet(Book, { ...rest, filters: { describe: ['eq'] } })
// @ts-expect-error: no such operator
ModelViewSet(Book, { ...rest, filters: { title: ['regex'] } })
// @ts-expect-error: numbers contain nothing
ModelViewSet(Book, { ...rest, filters: { pages: ['contains'] } })
// @ts-expect-error: what is true is not greater
ModelViewSet(Book, { ...rest, filters: { printed: ['gt'] } })
// @ts-expect-error: rows are not greater
ModelViewSet(Book, { ...rest, filters: { author: ['gt'] } })
// @ts-expect-error: an operator without a list
ModelViewSet(Book, { ...rest, filters: { title: 'eq' } })
// @ts-expect-error: no type of JSON
ModelViewSet(Book, { ...rest, filters: { 'settings.size': { operators: ['eq'], json: 'integer' } } })

// Search.
// @ts-expect-error: no text
ModelViewSet(Book, { ...rest, search: ['pages'] })
// @ts-expect-error: a misspelt property
ModelViewSet(Book, { ...rest, search: { fields: ['titel'] } })
// @ts-expect-error: no provider
ModelViewSet(Book, { ...rest, search: { fields: ['title'], provider: 'like' } })

// Ordering.
// @ts-expect-error: a misspelt property
ModelViewSet(Book, { ...rest, ordering: ['titel'] })
// @ts-expect-error: a relation
ModelViewSet(Book, { ...rest, ordering: ['author'] })
// @ts-expect-error: several rows
ModelViewSet(Book, { ...rest, ordering: ['author.books.title'] })
// @ts-expect-error: callers choose the direction
ModelViewSet(Book, { ...rest, ordering: ['-title'] })
// @ts-expect-error: a misspelt property
ModelViewSet(Book, { ...rest, defaultOrdering: ['-titel'] })

// Pages.
// @ts-expect-error: cursors do not count
ModelViewSet(Book, { ...rest, pagination: { style: 'cursor', count: 'exact' } })
// @ts-expect-error: pages by number have no cursors
ModelViewSet(Book, { ...rest, pagination: { style: 'page', sealed: true } })
// @ts-expect-error: no such way to count
ModelViewSet(Book, { ...rest, pagination: { style: 'page', count: 'some' } })
