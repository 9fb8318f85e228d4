from __future__ import annotations

from django.urls import path

from labdb.accounts import views

urlpatterns = [
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
    path("profile", views.profile, name="profile"),
    path("profile/password", views.password, name="password"),
    path("profile/tokens/<int:pk>/revoke", views.revoke_token, name="token-revoke"),
    path("projects/", views.project_list, name="project-list"),
    path("projects/switch", views.switch_project, name="project-switch"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/change", views.change_project, name="project-change"),
    path("projects/<int:pk>/members", views.add_member, name="member-add"),
    path("projects/<int:pk>/members/<int:member>", views.change_member, name="member-change"),
]
