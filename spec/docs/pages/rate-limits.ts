import type { RateLimiter } from 'plinth'

export declare class Article {
  id: number
}
export declare class Report {
  id: number
}
export declare const limiter: RateLimiter
export declare const tenant: { id: string }
export declare function importAll(of: typeof tenant): Promise<void>
