export declare class Article {
  id: number
  ownerId: string
}
