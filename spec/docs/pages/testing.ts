export declare class Article {
  id: number
  title: string
  slug: string
}

export declare function listArticles(): Promise<readonly Article[]>
export declare function storeSomeRows(): Promise<void>
