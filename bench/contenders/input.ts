/** What callers say of an article. */
export interface ArticleInput {
  readonly title: string
  readonly body: string
  readonly words: number
  readonly categoryId: number
  readonly metadata?: Readonly<Record<string, unknown>>
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const isId = (value: unknown): value is string => typeof value === 'string' && uuid.test(value)

export function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100)
}

/** What is wrong with a body, checked by hand; of a change only what is given is looked at. */
export function problemsOf(body: unknown, partial = false): readonly string[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return ['the body is no object']
  const { title, body: text, words, categoryId, metadata } = body as Readonly<Record<string, unknown>>
  const asked = (value: unknown): boolean => !partial || value !== undefined
  const problems: string[] = []
  if (asked(title) && (typeof title !== 'string' || title.length < 1 || title.length > 200)) problems.push('title')
  if (asked(text) && typeof text !== 'string') problems.push('body')
  if (asked(words) && !isWithin(words, 0, 1_000_000)) problems.push('words')
  if (asked(categoryId) && !isWithin(categoryId, 1, 2_147_483_647)) problems.push('categoryId')
  if (metadata !== undefined && (typeof metadata !== 'object' || metadata === null)) problems.push('metadata')
  return problems
}

const isWithin = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most
