export function generateClient(openApi: object): Promise<{ document: string; types: string }>;
