"""Who does the work: grid workers, community workers, posts, what each has to look after, and the tasks."""
