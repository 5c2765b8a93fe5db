import OpenAI from 'openai';

globalThis.OpenAIClient = OpenAI;
