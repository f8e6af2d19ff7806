import { type Adds, all, eq, gte, type ModelRepository } from 'plinth'
import { scopes } from 'plinth/decorators'

export declare class ArticleMembers {
  id: number
  status: string
  author: string
  views: number
}

const ArticleScopes = scopes('ArticleScopes', {
  published: eq('status', 'published'),
  writtenBy: (author: string) => eq('author', author),
  popular: (least: number) => all(eq('status', 'published'), gte('views', least)),
})

interface Article extends Adds<typeof ArticleScopes> {}
declare class Article extends ArticleMembers {}

export declare const articles: ModelRepository<Article>
