export declare class Article {
  id: number
}
