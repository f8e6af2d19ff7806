import type { ModelRepository } from 'plinth'
import type { Timestamped } from 'plinth/decorators'

export declare class Tag {
  id: number
}

export interface Post extends Timestamped {}
export declare class Post {
  id: number
}

export declare const articles: ModelRepository<Post>
export declare const rows: Post[]
export declare const createdAt: Date
export declare const updatedAt: Date
